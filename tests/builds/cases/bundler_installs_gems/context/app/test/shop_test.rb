require "shop"
