require "money"

module Till
end
