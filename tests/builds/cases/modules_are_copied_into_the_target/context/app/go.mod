module example.com/app

go 1.17

require (
	example.com/dep v1.0.0
	example.com/only v1.0.0
)
