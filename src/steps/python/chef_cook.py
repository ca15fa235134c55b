# Cooks one ticket: calls the step's execute() and answers with its outputs.
import os
import time

import chef_modules
import chef_purity
import chef_state
import chef_files
import chef_values

_HERE = os.path.dirname(os.path.abspath(__file__))
_TAKES_ANY = 0x08
_ASYNC = 0x80


class Fault(Exception):
    """An error for the user. chef words it from the code and the data."""

    def __init__(self, code, **data):
        super().__init__(code)
        self.code = code
        self.data = data


def cook(order, prelude, is_imported):
    """In a process of this ticket's own. `prelude` is what the import of its module said, if that was done before."""
    chef_state.redirect(order['log'])
    if prelude:
        os.write(1, prelude)
    began = time.perf_counter()
    answer = {'outputs': [], 'discovered': []}
    origin = order['origin']
    try:
        chef_state.enter(order['env'], order['folder'], [order['source']])
        if is_imported:
            chef_purity.seed()
        answer['outputs'] = run(order, origin, is_imported)
    except Fault as fault:
        answer['fault'] = {'code': fault.code, 'data': fault.data}
    except BaseException as error:
        answer['fault'] = failure_of(error, origin)
    chef_state.flush()
    answer['ms'] = (time.perf_counter() - began) * 1000
    answer['discovered'] = chef_modules.discovered(origin)
    answer['logBytes'] = chef_state.log_bytes(order['log'])
    return answer


def run(order, origin, is_imported):
    file = os.path.basename(origin)
    inputs = {one['name']: _input(one) for one in order['inputs']}
    module = chef_modules.imported() if is_imported else chef_modules.load(order['source'], origin)
    execute = module.__dict__.get('execute')
    if not callable(execute):
        raise Fault('step-execute', file=file)
    _check_arguments(execute, inputs, file)
    returned = execute(**inputs)
    if getattr(getattr(execute, '__code__', None), 'co_flags', 0) & _ASYNC:
        import asyncio

        returned = asyncio.run(returned)
    return _keep(returned, order, file)


def _input(one):
    if one['kind'] == 'value':
        return one['value']
    if one['kind'] == 'collected':
        return [(member['parameters'], _read(member, one['name'])) for member in one['members']]
    return _read(one, one['name'])


def _read(one, name):
    try:
        return chef_values.read(one['path'], one['form'])
    except Exception as error:
        raise Fault('input-unreadable', name=name, why=_line(error)) from None


def _check_arguments(execute, inputs, file):
    code = getattr(execute, '__code__', None)
    if code is None or hasattr(execute, '__wrapped__'):
        return
    named = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
    if not code.co_flags & _TAKES_ANY:
        for name in inputs:
            if name not in named:
                raise Fault('step-argument-unknown', file=file, name=name, known=list(named))
    free = {*code.co_varnames[: code.co_argcount][code.co_argcount - len(execute.__defaults__ or ()) :], *(execute.__kwdefaults__ or ())}
    for name in named:
        if name not in inputs and name not in free:
            raise Fault('step-argument-missing', file=file, name=name)


def _keep(returned, order, file):
    if not hasattr(returned, 'keys') or not hasattr(returned, '__getitem__'):
        raise Fault('step-returned', file=file, type=type(returned).__name__)
    names = order['outputs']
    given = [str(key) for key in returned.keys()]
    for name in names:
        if name not in given:
            raise Fault('step-key-missing', file=file, name=name)
    for name in given:
        if name not in names:
            raise Fault('step-key-surplus', file=file, name=name, known=names)
    kept = []
    for name in names:
        try:
            kept.append({'name': name, 'path': chef_files.write(os.path.join(order['pan'], name), returned[name])})
        except Exception as error:
            raise Fault('step-value', file=file, name=name, why=_line(error)) from None
    return kept


def _line(error):
    text = str(error).strip().split('\n', 1)[0]
    return f'{type(error).__name__}: {text}' if text else type(error).__name__


def failure_of(error, origin):
    """Write the whole traceback to the log, without chef's own frames. Its last line and place
    become the failure.
    """
    import linecache
    import traceback

    root = os.path.dirname(origin)
    trace = error.__traceback__
    while trace is not None and _is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    source = chef_modules.source_of(origin)
    if source is not None:
        # The traceback shows the code that ran, whatever the file holds by now.
        linecache.cache[origin] = (len(source), None, source.decode('utf-8', 'replace').splitlines(True), origin)
    try:
        chef_state.flush()
        lines = traceback.format_exception(type(error), error.with_traceback(trace), trace)
        os.write(2, ''.join(lines).encode('utf-8', 'backslashreplace'))
    except Exception:
        pass
    linecache.cache.pop(origin, None)
    if isinstance(error, SystemExit):
        return {'code': 'step-exit', 'data': {'file': os.path.basename(origin), 'status': str(error.code or 0)}}
    place, at = os.path.basename(origin), trace
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == origin else None
    while at is not None:
        name = at.tb_frame.f_code.co_filename
        if name.startswith(root + os.sep) and '-packages' not in name:
            place, line = os.path.relpath(name, root), at.tb_lineno
        at = at.tb_next
    return {'code': 'step-raised', 'data': {'what': _line(error), 'place': f'{place}:{line}' if line else place}}


def _is_ours(name):
    return name.startswith(_HERE + os.sep) or name.startswith('<frozen importlib')
