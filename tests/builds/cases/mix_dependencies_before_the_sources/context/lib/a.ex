defmodule A do
  def name, do: "a#{B.number()}"
end
