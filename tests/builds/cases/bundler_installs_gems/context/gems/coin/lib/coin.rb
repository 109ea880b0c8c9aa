module Coin
  VALUE = 3
end
