defmodule B do
  def number, do: Application.get_env(:a, :number)
end
