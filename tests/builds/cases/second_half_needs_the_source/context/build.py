open('/built', 'w').write(open('src/main.c').read())
