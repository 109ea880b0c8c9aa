require "till"
