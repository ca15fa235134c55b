# The server of warm python cooks. src/steps/warm/warm-pool.ts starts it as: python python.py SOCKET TOKEN
import sys

import chef_cook

sys.dont_write_bytecode = True
chef_cook.serve(sys.argv[1], sys.argv[2])
