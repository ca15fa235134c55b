# The state of a process that cooks: its streams, environment and folder, the seeds of a fork, and the processes that
# a fork left behind.
import gc
import os
# os.wait4 needs it, and must not find one of the user's.
import resource
import signal
import sys
import warnings
import _thread

_SET_CHILD_SUBREAPER = 36
_streams = []
_libc = None
# The environment of an import: what it began with, and what it made of it.
_before = {}
_set = {}
_deleted = []
_adopts = False


def prepare(folder):
    """Once, in the server."""
    global _libc
    sys.path[:] = [one for one in sys.path if one != folder]
    for name, fd in (('stdout', 1), ('stderr', 2)):
        # In the order written: both go to one file.
        stream = open(fd, 'w', buffering=1, encoding='utf-8', errors='backslashreplace', closefd=False)
        _streams.append(stream)
        setattr(sys, name, stream)
        setattr(sys, f'__{name}__', stream)
    try:
        import ctypes

        _libc = ctypes.CDLL(None)
    except Exception:
        pass


def adopt_orphans():
    """Whatever leaves its parents comes to this process, which can end it then."""
    global _adopts
    _adopts = _libc is not None and sys.platform == 'linux' and _libc.prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def mark(folder, kind, number):
    """Says to an observer what this process is at work on from now on: nothing is at that path."""
    if folder:
        os.access(f'{folder}/{kind}/{number}', os.F_OK)


def fork():
    if sys.version_info < (3, 12):
        return os.fork()
    # It warns of threads of libraries, which know what a fork is.
    filters = warnings.filters[:]
    warnings.simplefilter('ignore', DeprecationWarning)
    pid = os.fork()
    warnings.filters[:] = filters
    return pid


def redirect(log):
    """Empties the log and sends both streams there."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    for fd in (1, 2):
        if fd != file:
            os.dup2(file, fd)
    if file > 2:
        os.close(file)
    else:
        # An import closed its streams, so the log was opened in the place of one.
        os.set_inheritable(file, True)


def flush():
    for stream in (sys.stdout, sys.stderr, *_streams):
        try:
            stream.flush()
        except Exception:
            pass
    if _libc is not None:
        _libc.fflush(None)


def log_bytes(log):
    """Their size. Left empty it lies there for the next ticket in this pan."""
    return os.fstat(1).st_size if _is_log(log) else os.stat(log).st_size


def _is_log(log):
    try:
        return os.path.samestat(os.fstat(1), os.stat(log))
    except OSError:
        return False


def enter_import(environment, origin):
    """Everything of a ticket's environment that is not of this ticket alone."""
    wanted = {
        os.fsencode(name): os.fsencode(text) for name, text in environment.items() if not name.startswith('CHEF_')
    }
    _set_environment(wanted)
    _before.update(wanted)
    os.chdir('/')
    sys.argv[:] = [origin]


def leave_import():
    """Notes what the import made of its environment: every fork finds it on top of its own."""
    now = dict(os.environb)
    _set.update({name: text for name, text in now.items() if _before.get(name) != text})
    _deleted.extend(name for name in _before if name not in now)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    os.close(nothing)
    gc.freeze()


def enter(environment, folder, arguments):
    wanted = {os.fsencode(name): os.fsencode(text) for name, text in environment.items()}
    wanted.update(_set)
    for name in _deleted:
        wanted.pop(name, None)
    _set_environment(wanted)
    os.chdir(folder)
    sys.argv[:] = arguments


def _set_environment(wanted):
    # Bytes with bytes: asked by name, every variable would be encoded and decoded again.
    held = dict(os.environb)
    for name in held:
        if name not in wanted:
            del os.environb[name]
    for name, text in wanted.items():
        if held.get(name) != text:
            os.environb[name] = text


def has_threads():
    return _thread._count() > 0


def is_bound():
    """Whether an import changed how this process hears of its children, or asked to be called at a time: a fork has no timers."""
    timers = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
    return signal.getsignal(signal.SIGCHLD) != signal.SIG_DFL or any(signal.getitimer(one)[0] for one in timers)


def end_group(leader):
    try:
        os.killpg(leader, signal.SIGKILL)
    except OSError:
        pass


def end_orphans():
    """Ends whatever a fork left running. False where this cannot be known."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] != 0:
                continue
        except ChildProcessError:
            return _adopts
        for pid in _children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return _adopts


def _children():
    pid = os.getpid()
    with open(f'/proc/{pid}/task/{pid}/children', 'rb', buffering=0) as file:
        return [int(one) for one in file.readall().split()]
