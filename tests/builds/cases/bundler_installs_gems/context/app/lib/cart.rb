require "money"

module Cart
end
