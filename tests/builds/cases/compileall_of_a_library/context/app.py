import lib
print(lib.VALUE)
