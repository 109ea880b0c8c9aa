import "phx"
