import Config
config :a, number: 7
