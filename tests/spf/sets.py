"""What `spf expand` printed, to be asked about addresses."""

import ipaddress
import json

from lib import connplan

RESULTS = ("pass", "fail", "softfail", "neutral", "none", "permerror", "temperror", "undetermined")
MAPPED = ipaddress.ip_network("::ffff:0:0/96")


def client(text):
    """As evaluation sees it: a mapped client is one of IPv4."""
    address = ipaddress.ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


class Expansion:
    """Sets of one domain by family and result."""

    def __init__(self, text):
        self.json = json.loads(text)
        self.sets = {family: {result: [ipaddress.ip_network(one)
                                       for one in self.json[family][result]]
                              for result in RESULTS} for family in ("ip4", "ip6")}

    def results(self, address):
        """The sets that hold an address: always one, if the law holds."""
        family = f"ip{address.version}"
        return [result for result in RESULTS
                if any(address in network for network in self.sets[family][result])]

    def possible(self, address):
        """What it can come to: of an undetermined one, at least two results."""
        found, = self.results(address)
        if found != "undetermined":
            return [found]
        rows = [row["results"] for row in self.json["possible"]
                if any(address in ipaddress.ip_network(one) for one in row[f"ip{address.version}"])]
        results, = rows
        assert len(results) >= 2
        return results

    def check_partition(self):
        """The sets are disjoint, and together all there is."""
        for family, everything in (("ip4", 2**32), ("ip6", 2**128 - 2**32)):
            networks = sorted((network for result in RESULTS
                               for network in self.sets[family][result]),
                              key=lambda network: int(network.network_address))
            assert sum(network.num_addresses for network in networks) == everything, family
            for before, after in zip(networks, networks[1:]):
                assert before.broadcast_address < after.network_address, (before, after)
            assert not (family == "ip6" and any(network.overlaps(MAPPED) for network in networks))

    def edges(self):
        """First and last address of every network: where the answer can change."""
        for family in ("ip4", "ip6"):
            for networks in self.sets[family].values():
                for network in networks:
                    yield network.network_address
                    yield network.broadcast_address


def expand(lock, domain, *args):
    result = connplan("spf", "expand", domain, "--lock", lock, "--format", "json", *args, status=0)
    return Expansion(result.out)
