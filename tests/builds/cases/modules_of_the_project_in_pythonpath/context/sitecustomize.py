open('/customized', 'w').write('yes')
