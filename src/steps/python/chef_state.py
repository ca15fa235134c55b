# Restores what a step may change in its interpreter, so that the next step finds it as new.
import gc
import os
import random
import resource
import sys
import warnings
import _signal
import _thread

_BASE_PATH = sys.path[:]
_BASE_FILTERS = warnings.filters[:]
_LIMIT = sys.getrecursionlimit()
_UMASK = os.umask(0o22)
os.umask(_UMASK)
_streams = {}
_known = {}


def drop_from_path(folder):
    _BASE_PATH[:] = [one for one in _BASE_PATH if one != folder]
    sys.path[:] = _BASE_PATH


def redirect(log):
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644)
    for fd in (1, 2):
        if fd != file:
            os.dup2(file, fd)
    if file > 2:
        os.close(file)
    else:
        # The last step closed its streams, so the log was opened in the place of one.
        os.set_inheritable(file, True)
    for name, fd in (('stdout', 1), ('stderr', 2)):
        stream = _streams.get(name)
        try:
            usable = stream is not None and not stream.closed
        except ValueError:
            usable = False
        if not usable:
            # Line buffering keeps the order of both streams, which go to one file.
            stream = open(fd, 'w', buffering=1, encoding='utf-8', errors='backslashreplace', closefd=False)
            _streams[name] = stream
        setattr(sys, name, stream)
        setattr(sys, f'__{name}__', stream)


def flush():
    for stream in (sys.stdout, sys.stderr, *_streams.values()):
        try:
            stream.flush()
        except Exception:
            pass
    ctypes = sys.modules.get('ctypes')
    if ctypes is not None:
        if 'libc' not in _known:
            _known['libc'] = ctypes.CDLL(None)
        _known['libc'].fflush(None)


def log_bytes(log):
    """Return the size of the log. An empty log stays for the next ticket in this pan."""
    return os.fstat(1).st_size if _is_log(log) else os.stat(log).st_size


def _is_log(log):
    try:
        return os.path.samestat(os.fstat(1), os.stat(log))
    except OSError:
        return False


def enter(environment, folder, arguments):
    # Compare bytes with bytes. Access by name would encode and decode every variable again.
    held = {os.fsencode(name): os.fsencode(text) for name, text in environment.items()}
    if os.environb != held:
        for name in [name for name in os.environb if name not in held]:
            del os.environb[name]
        for name, text in held.items():
            if os.environb.get(name) != text:
                os.environb[name] = text
    os.chdir(folder)
    sys.argv[:] = arguments


def leave():
    """Restore what can be restored. Return True if the process must not be used again."""
    sys.path[:] = _BASE_PATH
    if warnings.filters != _BASE_FILTERS:
        warnings.filters[:] = _BASE_FILTERS
        getattr(warnings, '_filters_mutated', lambda: None)()
    sys.setrecursionlimit(_LIMIT)
    os.umask(_UMASK)
    gc.enable()
    random.seed()
    _leave_numpy()
    _leave_logging()
    return _thread._count() > 0 or _has_children()


def _leave_numpy():
    numpy = sys.modules.get('numpy')
    if numpy is None or not hasattr(numpy, 'set_printoptions'):
        return
    if 'print' not in _known:
        numpy.seterr(divide='warn', over='warn', under='ignore', invalid='warn')
        numpy.set_printoptions(
            edgeitems=3, infstr='inf', linewidth=75, nanstr='nan', precision=8, suppress=False, threshold=1000, formatter=None
        )
        _known['error'] = numpy.geterr()
        _known['print'] = numpy.get_printoptions()
    if numpy.geterr() != _known['error']:
        numpy.seterr(**_known['error'])
    if numpy.get_printoptions() != _known['print']:
        numpy.set_printoptions(**_known['print'])
    mtrand = sys.modules.get('numpy.random.mtrand')
    # Seeding from the system takes 0.1 ms, so it happens only after the user has seeded, which leaves no seed
    # sequence.
    if mtrand is not None and getattr(mtrand._rand._bit_generator, '_seed_seq', None) is None:
        mtrand.seed()


def _leave_logging():
    logging = sys.modules.get('logging')
    if logging is None:
        return
    root = logging.getLogger()
    root.handlers.clear()
    root.setLevel(logging.WARNING)
    for logger in logging.Logger.manager.loggerDict.values():
        if getattr(logger, 'handlers', None):
            logger.handlers[:] = [one for one in logger.handlers if isinstance(one, logging.NullHandler)]


def is_alone():
    """Return True if the process never had children. It is called when no child is left."""
    is_told_of_ends = _signal.getsignal(_signal.SIGCHLD) != _signal.SIG_IGN
    return is_told_of_ends and resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss == 0


def _has_children():
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return True
    except ChildProcessError:
        return False
