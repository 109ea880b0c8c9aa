Gem::Specification.new do |s|
  s.name = "money"
  s.version = "1.0"
  s.summary = "Money."
  s.authors = ["Somebody"]
  s.files = Dir["lib/*.rb"]
  s.bindir = "exe"
  s.executables = ["money"]
  s.add_dependency "coin"
end
