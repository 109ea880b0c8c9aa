import os
open('/built', 'w').write(os.getcwd())
