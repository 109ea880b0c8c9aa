import os
open('/listing', 'w').write(repr(sorted(os.listdir('src'))))
