require "money"
