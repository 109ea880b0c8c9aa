Gem::Specification.new do |s|
  s.name = "coin"
  s.version = "2.0"
  s.summary = "Coins."
  s.authors = ["Somebody"]
  s.license = "MIT"
  s.date = "2024-01-01"
  s.files = ["lib/coin.rb"]
end
