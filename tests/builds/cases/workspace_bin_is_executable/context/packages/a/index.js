require('b')
