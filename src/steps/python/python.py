# The server of python cooks, started by src/steps/warm/warm-pool.ts as: python python.py SOCKET TOKEN
import sys

sys.dont_write_bytecode = True

import chef_server

chef_server.serve(sys.argv[1], sys.argv[2])
