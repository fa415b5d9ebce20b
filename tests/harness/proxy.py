"""A TCP proxy on loopback that breaks: it cuts, stalls, drops, and keeps what the client sent."""

import select
import socket
import threading

from .ports import free_port


class Proxy:
    """Stands before a server's port. Connections are numbered from 1 in `connections`.

    cut_after    the connection is reset when so many bytes have come from the server
    stall_after  nothing more is passed on when so many bytes have come from the server
    refuse       new connections are closed at once
    rewrite      a function from the server's bytes to those that the client shall see
    """

    def __init__(self, target_port):
        self.target_port, self.port = target_port, free_port()
        self.cut_after = self.stall_after = self.rewrite = None
        self.refuse = False
        self.connections = self.bytes_down = 0
        self.stalled = threading.Event()
        self.cut = threading.Event()
        self.sent_by_client = bytearray()
        self._closing = False
        self._pairs = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self):
        while not self._closing:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self.refuse:
                client.close()
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port), 10)
            except OSError:
                client.close()
                continue
            self._pairs.append((client, server))
            thread = threading.Thread(target=self._pass, args=(client, server), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _pass(self, client, server):
        down = 0
        try:
            while True:
                ready, _, _ = select.select([client, server], [], [], 0.5)
                if self._closing:
                    break
                if client in ready:
                    data = client.recv(65536)
                    if not data:
                        break
                    self.sent_by_client += data
                    server.sendall(data)
                if server in ready:
                    data = server.recv(4096)
                    if not data:
                        break
                    down += len(data)
                    self.bytes_down += len(data)
                    if self.stall_after is not None and down > self.stall_after:
                        self.stalled.set()
                        self._wait_for_end(client)
                        break
                    client.sendall(self.rewrite(data) if self.rewrite else data)
                    if self.cut_after is not None and down > self.cut_after:
                        self.cut.set()
                        break
        except (OSError, ValueError):
            pass
        for end in (client, server):
            try:
                # Reset rather than closed in good order: what was on the way is lost.
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                end.close()
            except OSError:
                pass

    def _wait_for_end(self, client):
        while not self._closing and self.stall_after is not None:
            ready, _, _ = select.select([client], [], [], 0.2)
            if ready and not client.recv(65536):
                return

    def drop(self):
        """Cuts every connection there is; new ones are let in."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def heal(self):
        """From now on the proxy only passes on."""
        self.cut_after = self.stall_after = self.rewrite = None
        self.refuse = False
        self.stalled.clear()
        self.cut.clear()

    def close(self):
        self._closing = True
        self.stall_after = None
        # A shutdown wakes accept(); close alone would leave the thread in it.
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.join(5)
