# Cooks one ticket in the foreground for `chef run`: the terminal is its input, and a debugger works.
import json
import os

import chef_cook
import chef_state


def run(path):
    """`path` holds the order. A failure that chef words is written beside it."""
    with open(path, encoding='utf-8') as file:
        order = json.load(file)
    origin = order['origin']
    fault = None
    try:
        chef_state.enter(order['env'], order['folder'], [order['source']])
        chef_cook.run(order, origin, False)
    except chef_cook.Fault as error:
        fault = {'code': error.code, 'data': error.data}
    except BaseException as error:
        # Leaving a debugger is no failure of the step that anybody has to read about.
        fault = {'code': 'cook-exit', 'data': {'code': 1}} if type(error).__name__ == 'BdbQuit' else chef_cook.failure_of(error, origin)
    chef_state.flush()
    with open(f'{path}.answer', 'w', encoding='utf-8') as file:
        json.dump({'fault': fault} if fault else {}, file)
    os._exit(1 if fault else 0)
