# A template: holds the imported module of one step and cooks each ticket in a fork of itself, so whatever a step does
# dies with its fork. What a fork leaves running is ended before the ticket is answered.
import json
import os
import signal
import sys
import time

import chef_cook
import chef_frames
import chef_modules
import chef_purity
import chef_state


def run(channel, number):
    """Never returns. Imports the module of the first order, unless each ticket is to do so itself: then the number is 0."""
    chef_state.adopt_orphans()
    prelude, is_first = b'', True
    while True:
        raw = chef_frames.receive_bytes(channel)
        if raw is None:
            os._exit(0)
        order = json.loads(raw)
        if number != 0:
            if is_first:
                chef_state.mark(order.get('marks'), 'L', number)
                prelude, ready = _import(order)
                chef_frames.send(channel, ready)
                if ready['ready'] != 'warm':
                    os._exit(0)
                is_first = False
            elif chef_modules.is_stale():
                chef_frames.send(channel, {'stale': True})
                os._exit(0)
            else:
                chef_frames.send(channel, {'ready': 'warm', 'ms': 0, 'cpuMs': 0})
        _cook(channel, order, prelude, number != 0)
        chef_modules.ticket_ended()


def _import(order):
    began, cpu = time.perf_counter(), time.process_time()
    log = order['log']
    chef_state.redirect(log)
    chef_state.enter_import(order['env'], order['origin'])
    try:
        chef_modules.load(order['source'], order['origin'], watched=True)
        mode = 'apart' if chef_purity.is_impure() or chef_state.is_bound() else 'warm'
    except BaseException:
        # The ticket's own import tells of it.
        mode = 'failed'
    if chef_state.has_threads():
        mode = 'threads'
    chef_state.flush()
    with open(log, 'rb', buffering=0) as file:
        prelude = file.readall()
    chef_state.leave_import()
    ms, cpu_ms = (time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000
    return prelude, {'ready': mode, 'ms': ms, 'cpuMs': cpu_ms}


def _cook(channel, order, prelude, is_imported):
    began = time.perf_counter()
    marks = order.get('marks')
    chef_state.mark(marks, 'T', marks and marks['number'])
    pid = chef_state.fork()
    if pid == 0:
        os.setpgid(0, 0)
        own = os.getpid()
        answer = chef_cook.cook(order, prelude, is_imported)
        # A step may have forked in turn and come back here twice.
        if os.getpid() == own:
            chef_frames.send(channel, {'answer': answer})
        os._exit(0)
    try:
        os.setpgid(pid, pid)
    except OSError:
        # It has done so itself, or is gone already.
        pass
    chef_frames.send(channel, {'pid': pid})
    _, status, used = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    chef_state.end_group(pid)
    alone = chef_state.end_orphans()
    chef_state.mark(marks, 'E', marks and marks['number'])
    chef_frames.send(
        channel,
        {
            'ended': {
                'code': code if code >= 0 else None,
                'signal': signal.Signals(-code).name if code < 0 else None,
                'cpuMs': (used.ru_utime + used.ru_stime) * 1000,
                'peakBytes': used.ru_maxrss * (1 if sys.platform == 'darwin' else 1024),
                'ms': (time.perf_counter() - began) * 1000,
                'alone': alone,
            }
        },
    )
