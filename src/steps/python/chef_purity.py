# Notices whether the import of a user's module depends on more than files: on the ticket, the working folder, the clock
# or chance. Such a module must be imported for each ticket. Imports of installed packages are not looked at.
import contextlib
import datetime
import genericpath
import os
import pathlib
import posix
import sys
import time

_CALLS = {
    time.time,
    time.time_ns,
    time.monotonic,
    time.monotonic_ns,
    time.perf_counter,
    time.perf_counter_ns,
    time.process_time,
    time.localtime,
    time.gmtime,
    time.ctime,
    time.strftime,
    datetime.datetime.now,
    datetime.datetime.utcnow,
    datetime.datetime.today,
    datetime.date.today,
    posix.getcwd,
    posix.getcwdb,
    posix.chdir,
    posix.fchdir,
    posix.urandom,
    posix.getpid,
    posix.fork,
    posix.system,
    posix.posix_spawn,
}
_EVENTS = {'subprocess.Popen', 'os.system', 'os.fork', 'os.forkpty', 'os.posix_spawn', 'os.exec', 'os.chdir', 'socket.connect'}
_environ = type(os.environ)
# Functions that say whether a file is there, with the name of the argument that tells which.
_QUESTIONS = {
    function.__code__: argument
    for function, argument in [
        (genericpath.exists, 'path'),
        (genericpath.isfile, 'path'),
        (genericpath.isdir, 's'),
        (pathlib.Path.exists, 'self'),
        (pathlib.Path.is_file, 'self'),
        (pathlib.Path.is_dir, 'self'),
    ]
    if hasattr(function, '__code__')
}
_is_on = False
_is_impure = False
_is_seeded = False
_note = None
_random_state = None
# As the import left it, where it chose a seed.
_chosen_state = None
_numpy_state = None


def watch(note):
    """From now on calls are looked at. `note` is told of the files that are opened or asked about."""
    global _is_on, _note
    _note = note
    _is_on = True
    sys.addaudithook(_audit)
    if 'random' in sys.modules:
        note_loaded('random')
    sys.setprofile(_profile)


def leave():
    global _is_on, _chosen_state
    sys.setprofile(None)
    _is_on = False
    if _is_seeded:
        _chosen_state = sys.modules['random'].getstate()


@contextlib.contextmanager
def paused(really):
    global _is_on
    was = _is_on
    if not was or not really:
        yield
        return
    sys.setprofile(None)
    _is_on = False
    try:
        yield
    finally:
        _is_on = True
        sys.setprofile(_profile)


def is_impure():
    """Whether what was imported is good for one ticket only."""
    return _is_impure or _drew_random() or _drew_numpy()


def note_loaded(name):
    """Keeps how a source of chance was when its module was new."""
    global _random_state, _numpy_state
    if name == 'random' and _random_state is None:
        _random_state = sys.modules['random'].getstate()
    elif name == 'numpy.random.mtrand' and _numpy_state is None:
        _numpy_state = _position(sys.modules[name])


def _position(mtrand):
    state = mtrand.get_state(legacy=False)['state']
    return state['pos'], state['key'].tobytes()


def _drew_random():
    random = sys.modules.get('random')
    return random is not None and not _is_seeded and _random_state is not None and random.getstate() != _random_state


def _has_numpy_seed(mtrand):
    """Only a seed of the user's leaves no seed sequence behind."""
    return getattr(mtrand._rand._bit_generator, '_seed_seq', None) is None


def _drew_numpy():
    mtrand = sys.modules.get('numpy.random.mtrand')
    return mtrand is not None and not _has_numpy_seed(mtrand) and _numpy_state is not None and _position(mtrand) != _numpy_state


def seed():
    """Gives a fork chances of its own, unless the import chose a seed. `random` has given itself another one already."""
    if _is_seeded:
        sys.modules['random'].setstate(_chosen_state)
    mtrand = sys.modules.get('numpy.random.mtrand')
    if mtrand is not None and not _has_numpy_seed(mtrand):
        mtrand.seed()


def _reads_ticket(frame):
    key = frame.f_locals.get('key')
    if isinstance(key, bytes):
        key = os.fsdecode(key)
    return isinstance(key, str) and key.startswith('CHEF_')


def _profile(frame, event, argument):
    global _is_impure, _is_seeded
    if event == 'c_call':
        try:
            if argument in _CALLS:
                _is_impure = True
        except TypeError:
            pass
    elif event == 'call':
        code = frame.f_code
        if code is _environ.__getitem__.__code__:
            if _reads_ticket(frame):
                _is_impure = True
        elif code is _environ.__iter__.__code__:
            _is_impure = True
        elif code in _QUESTIONS:
            path = frame.f_locals.get(_QUESTIONS[code])
            if isinstance(path, (str, os.PathLike)):
                _look(os.fspath(path))
        elif code.co_name == 'seed' and code.co_filename.endswith('random.py'):
            _is_seeded = True


def _look(path):
    global _is_impure
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return
    if not os.path.isabs(path):
        _is_impure = True
        return
    _note(path)


def _audit(event, arguments):
    global _is_impure
    if not _is_on:
        return
    if event in ('open', 'os.listdir', 'os.scandir'):
        if arguments[0] is None:
            _is_impure = True
        _look(arguments[0])
    elif event in _EVENTS:
        _is_impure = True
