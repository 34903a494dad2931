#!/usr/bin/python3
"""Writes a large spec, the same for the same number: gen_spec.py EGRESS > mailflow.yaml

Each 16 egress addresses belong to a domain, whose 4 hosts send through them by the Internet, direct
send or, in every tenth domain, a connector of at most 200 addresses; one more host submits with a
mailbox. Nothing in it is an error or a warning, save that there is no lock. 100,000 entries are
about 11 MB.
"""

import random
import sys

HEAD = """\
version: 1
tenant:
  name: Contoso
  organization: contoso.onmicrosoft.com
  mx_host: contoso-com.mail.protection.outlook.com
  reject_direct_send: false
"""
DOMAIN_OF = 16              # egress entries a domain
HOSTS_OF = 4                # hosts a domain that send through them
CONNECTOR_OF = 50           # hosts a connector
FIRST = 25 << 24            # 25.0.0.0: invented, in no special block and no service's range
STEP = 4                    # so that no two addresses merge


def address(number):
    value = FIRST + number * STEP + 1
    return ".".join(str(value >> shift & 255) for shift in (24, 16, 8, 0))


def egress(count, chance):
    yield "egress:\n"
    for number in range(count):
        name, ip = f"nat-{number}", address(number)
        if number % 5:
            yield f"  {name}: {{ addresses: {ip}, ptr: out{number}.contoso.com }}\n"
        else:
            yield f"  {name}:\n    addresses: {ip}\n    ptr: out{number}.contoso.com\n"
            if chance.random() < 0.5:
                yield f"    site: Building {number % 97}, floor {number % 7}\n"


def domains(count):
    yield "domains:\n"
    for number in range(count):
        name = f"d{number}.contoso.com"
        yield f"  {name}:\n    dmarc: {{ policy: reject }}\n"
        yield f"    dkim: {{ s1: s1-d{number}._domainkey.contoso.onmicrosoft.com }}\n"


def hosts(count, domain_count):
    """The hosts; the exit names of a domain's hosts share its egress entries out among them."""
    yield "relay_hosts:\n"
    number = 0
    for domain in range(domain_count):
        mine = range(domain * DOMAIN_OF, min(count, (domain + 1) * DOMAIN_OF))
        for turn in range(HOSTS_OF):
            names = [f"nat-{one}" for one in mine if one % HOSTS_OF == turn]
            if not names:
                continue
            method = method_of(domain, turn)
            private = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            yield (f"  app-{number}: {{ address: {private}, egress: [{', '.join(names)}], "
                   f"sends_as: d{domain}.contoso.com, method: {method} }}\n")
            number += 1
        yield (f"  mailbox-{domain}: {{ method: submission, auth: oauth, "
               f"mailbox: app{domain}@d{domain}.contoso.com }}\n")


def method_of(domain, turn):
    if turn == 0:
        return "connector" if domain % 10 == 0 else "direct-send"
    return "internet"


def connectors(count, domain_count):
    """Connectors over the hosts that need one: the first host of every tenth domain."""
    numbers, number = [], 0
    for domain in range(domain_count):
        mine = range(domain * DOMAIN_OF, min(count, (domain + 1) * DOMAIN_OF))
        turns = [turn for turn in range(HOSTS_OF) if any(one % HOSTS_OF == turn for one in mine)]
        if 0 in turns and method_of(domain, 0) == "connector":
            numbers.append(number + turns.index(0))
        number += len(turns)
    yield "connectors:\n"
    for begin in range(0, len(numbers), CONNECTOR_OF):
        names = ", ".join(f"app-{one}" for one in numbers[begin:begin + CONNECTOR_OF])
        yield (f"  Relay {begin // CONNECTOR_OF}:\n    type: on-premises\n    purpose: relay\n"
               f"    accepts: [{names}]\n    comment: Applications of one building\n")


def spec(count):
    """The spec as bytes."""
    chance = random.Random(count)
    domain_count = -(-count // DOMAIN_OF)
    parts = [HEAD, *egress(count, chance), *domains(domain_count), *hosts(count, domain_count),
             *connectors(count, domain_count)]
    return "".join(parts).encode()


def spec_of_size(size):
    """A spec of exactly SIZE bytes, the rest filled by a comment."""
    count = 20000
    while not size * 0.98 < len(text := spec(count)) < size:
        count = int(count * 0.99 * size / len(text))
    rest = size - len(text)
    line = b"# " + b"." * 77 + b"\n"
    return text + line * (rest // len(line)) + b"#" * (rest % len(line) - 1) + b"\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(spec(int(sys.argv[1])))
