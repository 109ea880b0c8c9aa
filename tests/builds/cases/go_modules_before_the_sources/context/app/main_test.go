package main

import (
	"testing"

	"example.com/only"
)

func TestMain(*testing.T) { println(only.Name) }
