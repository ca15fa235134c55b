# The server of python cooks, started by src/steps/warm/warm-pool.ts as: python python.py SOCKET TOKEN
# With --by-hand ORDER it cooks that order in the foreground, for `chef run`.
import sys

sys.dont_write_bytecode = True

if sys.argv[1] == '--by-hand':
    import chef_hand

    chef_hand.run(sys.argv[2])
else:
    import chef_server

    chef_server.serve(sys.argv[1], sys.argv[2])
