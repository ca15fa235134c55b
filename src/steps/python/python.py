# The server of warm python cooks, started by src/steps/warm/warm-pool.ts as: python python.py SOCKET TOKEN
import sys

import chef_cook

sys.dont_write_bytecode = True
chef_cook.serve(sys.argv[1], sys.argv[2])
