"""`baozhang gateway-mqtt`: takes in positions of vehicles from an MQTT broker, until it is told to end."""

from __future__ import annotations

import os
import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from baozhang.ch2_provision.vehicles.models import Source
from baozhang.gateways.platforms.mqtt import Broker, Subscriber

PORT, TLS_PORT = 1883, 8883
PASSWORD = "BAOZHANG_MQTT_PASSWORD"  # noqa: S105 -- the name of the variable it is in


class Command(BaseCommand):
    """The subscriber as a process of its own."""

    help = "take in positions of vehicles from an MQTT broker until stopped"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which broker, which topic, for which source."""
        parser.add_argument(
            "--source", required=True, help="the name of the source (定位来源) whose vehicles these are"
        )
        parser.add_argument("--host", default="127.0.0.1", help="the broker")
        parser.add_argument("--port", type=int, default=0, help=f"its port; {PORT}, with --tls {TLS_PORT}")
        parser.add_argument("--topic", default="baozhang/positions/#", help="the topics to subscribe to")
        parser.add_argument("--user", default="", help=f"the name to sign in with; the password is in {PASSWORD}")
        parser.add_argument("--tls", action="store_true", help="over TLS, the broker's certificate checked")

    def handle(self, *args: Any, **options: Any) -> None:
        """This will run until it is interrupted or told to end."""
        found = list(Source._base_manager.filter(name=options["source"], state="in_use")[:2])
        if len(found) != 1:
            raise CommandError(
                f"“{options['source']}”：在用的定位来源中有 {len(found)} 个。请先在“定位来源”中登记，名称写全。"
            )
        broker = Broker(
            options["host"], options["port"] or (TLS_PORT if options["tls"] else PORT), options["topic"], f"baozhang-{found[0].pk}",
            options["user"], os.environ.get(PASSWORD, ""), options["tls"],
        )  # fmt: skip

        def ready() -> None:
            self.stdout.write(f"mqtt://{broker.host}:{broker.port}/{broker.topic}")
            self.stdout.flush()

        subscriber = Subscriber(broker, found[0].pk, ready)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: subscriber.stop())
        try:
            subscriber.run()
        except OSError as error:
            raise CommandError(f"{broker.host}:{broker.port} 连接不上：{error}。请核对地址和端口。") from error
        if subscriber.stopped:
            raise CommandError(
                f"“{options['source']}”已停止使用，不再接收。恢复使用后再启动，期间的消息由代理服务器保留。"
            )
