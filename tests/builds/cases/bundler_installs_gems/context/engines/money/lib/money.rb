require "coin"
