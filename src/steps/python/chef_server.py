# The server: takes orders from chef, one at a time, and gives each to a template, a fork of the server that has imported
# the module of one step and cooks every ticket in a fork of its own. The server itself never runs the user's code, so
# a template begins with a new interpreter whatever was cooked before.
import json
import os
import select
import signal
import socket
import sys
import time

import chef_frames
import chef_modules
import chef_state
import chef_template

_TEMPLATES = 8
_GRACE_S = 0.3
_IDLE_S = 0.05


class _Template:
    """A template as its server sees it."""

    def __init__(self, number, data, others, marks):
        self.number = number
        self.data = data
        self.channel, theirs = socket.socketpair()
        self.is_ended = False
        # The fork that cooks now.
        self.job = None
        self.pid = chef_state.fork()
        if self.pid == 0:
            self.channel.close()
            for other in others:
                other.close()
            try:
                chef_template.run(theirs, number, marks and marks['path'])
            finally:
                # Whatever was raised, it must not come back to the server's code.
                os._exit(1)
        theirs.close()

    def give(self, raw):
        """False where somebody has ended it since its last ticket."""
        try:
            chef_frames.send_bytes(self.channel, raw)
            return True
        except OSError:
            return False

    def end(self):
        self.channel.close()
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self.wait()

    def wait(self):
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class _Server:
    def __init__(self, channel):
        self.channel = channel
        # By the origin of their source, the one used longest ago first.
        self.templates = {}
        # Templates so far: each has its number.
        self.imports = 0
        # Modules whose import is a part of each ticket, and why: by origin, with the source.
        self.apart = {}
        # The template of those: it imports nothing.
        self.blank = None
        self.installed = chef_modules.installed_state()
        self.idle_since = time.monotonic()

    def serve(self):
        while True:
            raw = chef_frames.receive_bytes(self.channel)
            if raw is None:
                os._exit(0)
            order = json.loads(raw)
            # The ticket had ended before chef ended it.
            if 'end' in order:
                continue
            if time.monotonic() - self.idle_since > _IDLE_S and chef_modules.installed_state() != self.installed:
                chef_frames.send(self.channel, {'again': True})
                os._exit(0)
            chef_frames.send(self.channel, self.cook(order, raw))
            self.idle_since = time.monotonic()

    def cook(self, order, raw):
        spent = {'ms': 0, 'cpuMs': 0}
        template, mode = (None, 'apart') if order['alone'] else self.import_for(order, raw, spent)
        if mode == 'ended':
            return {'exit': {'code': None, 'signal': 'SIGKILL'}}
        if template is None:
            if self.blank is None or not self.blank.give(raw):
                if self.blank is not None:
                    self.blank.end()
                self.blank = _Template(0, None, self.channels(), order.get('marks'))
                self.blank.give(raw)
            template = self.blank
        answer, ended = {}, None
        while ended is None:
            message = self.next_message(template, order)
            if message is None:
                self.die_like(template)
            answer = message.get('answer', answer)
            ended = message.get('ended')
        template.job = None
        answer['cpuMs'] = ended['cpuMs'] + spent['cpuMs']
        answer['peakBytes'] = ended['peakBytes']
        answer['alone'] = ended['alone']
        answer['escaped'] = not ended['alone']
        answer['layers'] = [0, template.number] if template.number else [0]
        answer['ms'] = answer.get('ms', ended['ms']) + spent['ms']
        if ended['code'] != 0 or 'outputs' not in answer:
            answer['exit'] = {'code': ended['code'], 'signal': ended['signal']}
        if mode == 'threads':
            answer['threads'] = True
        return answer

    def import_for(self, order, raw, spent):
        """A template that has the order already, or None and why there is none: each ticket imports the module itself."""
        origin = order['origin']
        with open(order['source'], 'rb', buffering=0) as file:
            data = file.readall()
        known, mode = self.apart.get(origin, (None, None))
        if known == data:
            return None, mode
        template = self.templates.pop(origin, None)
        if template is not None:
            if template.data == data and template.give(raw):
                message = self.next_message(template, order)
                if message is None:
                    self.die_like(template)
                if message.get('stale') is False:
                    self.templates[origin] = template
                    return template, 'warm'
            template.end()
        if len(self.templates) == _TEMPLATES:
            self.templates.pop(next(iter(self.templates))).end()
        self.imports += 1
        template = _Template(self.imports, data, self.channels(), order.get('marks'))
        if order['watch']:
            chef_frames.send(self.channel, {'pid': template.pid})
        template.give(raw)
        message = self.next_message(template, order)
        if message is None:
            # Where the import ended its process, that of the ticket ends the same way and its log tells of it.
            template.wait()
            return None, 'ended' if template.is_ended else 'failed'
        spent.update(ms=message['ms'], cpuMs=message['cpuMs'])
        if message['ready'] == 'warm':
            self.templates[origin] = template
            return template, 'warm'
        template.end()
        if message['ready'] != 'failed':
            self.apart[origin] = (data, message['ready'])
        return None, message['ready']

    def channels(self):
        held = [*self.templates.values(), *([self.blank] if self.blank else [])]
        return [self.channel, *(template.channel for template in held)]

    def next_message(self, template, order):
        """The next word of a template, None when it is gone. Meanwhile chef may end the ticket."""
        kill_at = None
        poll = select.poll()
        poll.register(template.channel, select.POLLIN)
        poll.register(self.channel, select.POLLIN)
        ours = self.channel.fileno()
        while True:
            wait = None if kill_at is None else max(0, (kill_at - time.monotonic()) * 1000)
            events = [number for number, _ in poll.poll(wait)]
            if ours in events:
                message = chef_frames.receive(self.channel)
                if message is None:
                    os._exit(0)
                if 'end' in message:
                    self.signal(template, signal.SIGTERM)
                    kill_at = time.monotonic() + _GRACE_S
                continue
            if not events:
                self.signal(template, signal.SIGKILL)
                kill_at = time.monotonic() + _GRACE_S
                continue
            message = chef_frames.receive(template.channel)
            if message and 'pid' in message:
                template.job = message['pid']
                if order['watch']:
                    chef_frames.send(self.channel, {'pid': template.job})
            return message

    def signal(self, template, number):
        template.is_ended = True
        try:
            if template.job is None:
                os.kill(template.pid, number)
            else:
                os.killpg(template.job, number)
        except ProcessLookupError:
            pass

    def die_like(self, template):
        """Whoever ended a template in the middle of a ticket is answered for as if it had been the server."""
        status = template.wait()
        if status < 0:
            os.kill(os.getpid(), -status)
        os._exit(status if status > 0 else 1)


def serve(path, token):
    chef_state.prepare(os.path.dirname(os.path.abspath(__file__)))
    chef_modules.prepare()
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(path)
    chef_frames.send(channel, {'token': token, 'pid': os.getpid()})
    sys.argv[:] = ['']
    _Server(channel).serve()
