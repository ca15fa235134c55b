# A template: holds the imported module of one step and cooks each ticket in a fork of itself, so whatever a step does
# dies with its fork. What a fork leaves running is ended before the ticket is answered.
#
# Between two forks the template itself does next to nothing: every page that it writes to is copied once a ticket.
import json
import os
import select
import signal
import sys
import time

import chef_cook
import chef_frames
import chef_modules
import chef_purity
import chef_state


def run(channel, number, marks):
    """Never returns. Imports the module of the first order, unless each ticket is to do so itself: then the number is 0."""
    chef_state.adopt_orphans()
    first, prelude = None, b''
    if number != 0:
        first = _receive(channel)
        chef_state.mark(marks, 'L', number)
        prelude, ready = _import(first)
        chef_frames.send(channel, ready)
        if ready['ready'] != 'warm':
            os._exit(0)
    poll = select.poll()
    poll.register(channel, select.POLLIN)
    while True:
        if first is None:
            poll.poll()
        looks_at_all = chef_modules.is_check_due()
        began = time.perf_counter()
        pid = chef_state.fork()
        if pid == 0:
            os.setpgid(0, 0)
            _cook(channel, first, prelude, number, looks_at_all)
        first = None
        _end(channel, pid, began, marks)
        chef_modules.ticket_ended()


def _receive(channel):
    raw = chef_frames.receive_bytes(channel)
    if raw is None:
        os._exit(0)
    return json.loads(raw)


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


def _cook(channel, first, prelude, number, looks_at_all):
    """Runs in the fork, and never returns. The order that the template imported for comes with it."""
    own = os.getpid()
    order = first or _receive(channel)
    is_stale = first is None and number != 0 and chef_modules.is_stale(looks_at_all)
    # Written without the encoder, whose pages this fork may never need.
    chef_frames.send_bytes(channel, b'{"pid": %d, "stale": %s}' % (own, b'true' if is_stale else b'false'))
    if is_stale:
        # The server ends the template.
        os._exit(0)
    marks = order.get('marks')
    chef_state.mark(marks and marks['path'], 'T', marks and marks['number'])
    answer = chef_cook.cook(order, prelude, number != 0)
    # A step may have forked in turn and come back here twice.
    if os.getpid() == own:
        chef_frames.send(channel, {'answer': answer})
    os._exit(0)


def _end(channel, pid, began, marks):
    """Waits for a fork, ends what it left behind, and tells how it went."""
    _, status, used = os.wait4(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    chef_state.end_group(pid)
    alone = chef_state.end_orphans()
    chef_state.mark(marks, 'E', 0)
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
