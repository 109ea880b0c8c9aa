require "money"

module Shop
end
