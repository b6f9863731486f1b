"""The way there: names, connections, certificates, proxies, patience (section B7 of the taxonomy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from s3doctor.s3.diagnosis_facts import base_operation
from s3doctor.s3.diagnosis_model import Known
from s3doctor.s3.faults import CERTIFICATE

if TYPE_CHECKING:
    from s3doctor.s3.answer import Answer
    from s3doctor.s3.diagnosis_model import Situation

_VERIFY = "Run s3doctor again, or from another network."
_FIREWALL = "Ask your network's administrator to let HTTPS (port 443) through to *.s3.{given_region}.amazonaws.com. "

CAUSES: dict[str, Known] = {
    "host-not-found": Known(
        "network",
        "The name server does not know the address of the server. Either this machine has no name service, or the "
        "endpoint or region is misspelt.",
        "Check that this machine reaches the internet, and that --endpoint-url and --region are spelt right.",
        commands=("nslookup s3.amazonaws.com",),
        verify=_VERIFY,
    ),
    "connection-refused": Known(
        "network",
        "The server's machine is there, and nothing listens at that port.",
        "With --endpoint-url: check its address and port, and whether the server runs. With Amazon S3: "
        + _FIREWALL.replace("Ask", "ask", 1),
        verify=_VERIFY,
    ),
    "unreachable": Known(
        "network",
        "There is no way from this machine to the server ({reason}).",
        "Check that this machine reaches the internet. " + _FIREWALL,
        verify=_VERIFY,
    ),
    "connect-timeout": Known(
        "network",
        "The server did not take the connection in time. Most often a firewall swallows the packets, or the network "
        "needs a proxy.",
        _FIREWALL + "If your network needs a proxy, set HTTPS_PROXY.",
        verify=_VERIFY,
        confidence="likely",
    ),
    "read-timeout": Known(
        "network",
        "The server took the request and did not answer in time.",
        "Run s3doctor again. If it stays so, look for a firewall or a VPN that lets small packets through and large "
        "ones not (MTU).",
        verify=_VERIFY,
        confidence="likely",
    ),
    "connection-closed": Known(
        "network",
        "The server closed the connection without an answer. Most often something on the way opens TLS connections "
        "and does not like this one, or the port speaks no TLS.",
        "Check the address and the port, and whether it is https or http. S3 accepts TLS 1.2 and 1.3 only.",
        verify=_VERIFY,
        confidence="likely",
    ),
    "certificate-expired": Known(
        "network",
        "The server's certificate has expired, or the clock of this machine is wrong.",
        "Check the clock of this machine. If it is right, the owner of the server renews its certificate.",
        commands=("date -u",),
        verify=_VERIFY,
    ),
    "certificate-not-yet-valid": Known(
        "network",
        "The server's certificate is not valid yet. Most often the clock of this machine is slow.",
        "Set the clock of this machine and let it be set by the network (NTP).",
        commands=("date -u",),
        verify=_VERIFY,
        confidence="likely",
    ),
    "certificate-hostname": Known(
        "network",
        "The server's certificate is for another name. Something else answers in its place, or the endpoint is not "
        "spelt as in the certificate.",
        "Check the spelling of --endpoint-url. For Amazon S3, leave it out.",
        verify=_VERIFY,
    ),
    "certificate-unknown-ca": Known(
        "network",
        "The server's certificate comes from nobody whom this machine trusts. Most often a company's proxy opens TLS "
        "connections and signs them itself.",
        "Ask your network's administrator for the file with the company's CA certificate, and name it in "
        "AWS_CA_BUNDLE.",
        commands=("export AWS_CA_BUNDLE=/path/to/company-ca.pem",),
        verify=_VERIFY,
    ),
    "certificate-refused": Known(
        "network",
        "The server's certificate was refused ({reason}).",
        "Ask the owner of the server for a valid certificate.",
        verify=_VERIFY,
    ),
    "ca-bundle-missing": Known(
        "network",
        "The file with the certificates to trust (AWS_CA_BUNDLE) is not there, or there is no certificate in it.",
        "Correct the path in AWS_CA_BUNDLE or in ca_bundle of ~/.aws/config, or remove the setting.",
        commands=("unset AWS_CA_BUNDLE",),
    ),
    "tls-failed": Known(
        "network",
        "No TLS connection came about ({reason}). Most often the port speaks no TLS, or something on the way does "
        "not let this version through.",
        "Check whether --endpoint-url should begin with http:// or https://, and its port. S3 accepts TLS 1.2 and "
        "1.3 only.",
        verify=_VERIFY,
        confidence="likely",
    ),
    "proxy-unreachable": Known(
        "network",
        "The proxy that {proxy} names cannot be reached, or it refuses.",
        "Correct the environment variable {proxy}, or unset it. To leave only S3 out, set NO_PROXY=.amazonaws.com.",
        commands=("unset {proxy}",),
        verify=_VERIFY,
    ),
    "request-failed": Known(
        "network",
        "No answer came ({reason}).",
        "Run s3doctor again. If it stays so, please report it.",
        verify=_VERIFY,
        confidence="possible",
    ),
}

_BY_REASON = {
    "NameResolutionError": "host-not-found",
    "gaierror": "host-not-found",
    "ConnectionRefusedError": "connection-refused",
    "ConnectionResetError": "connection-closed",
    "ConnectionAbortedError": "connection-closed",
    "BrokenPipeError": "connection-closed",
    "RemoteDisconnected": "connection-closed",
    "ENETUNREACH": "unreachable",
    "EHOSTUNREACH": "unreachable",
    "ETIMEDOUT": "connect-timeout",
    "ENOENT": "ca-bundle-missing",
    "NO_CERTIFICATE_OR_CRL_FOUND": "ca-bundle-missing",
    "EACCES": "unreachable",
    "EPERM": "unreachable",
    f"{CERTIFICATE}: expired": "certificate-expired",
    f"{CERTIFICATE}: not yet valid": "certificate-not-yet-valid",
    f"{CERTIFICATE}: hostname mismatch": "certificate-hostname",
    f"{CERTIFICATE}: unknown CA": "certificate-unknown-ca",
}
_BY_FAULT = {
    "ProxyConnectionError": "proxy-unreachable",
    "ProxyError": "proxy-unreachable",
    "ConnectTimeoutError": "connect-timeout",
    "ReadTimeoutError": "read-timeout",
    "NameResolutionError": "host-not-found",
    "ResponseParserError": "not-s3",
}
_BY_FAULT_LAST = {"ConnectionClosedError": "connection-closed", "SSLError": "tls-failed"}


def recognise(answer: Answer, situation: Situation) -> str:
    """Why no answer came, empty where one did."""
    if answer.http is not None:
        return ""
    if situation.s3_answers and base_operation(answer) == "GetCallerIdentity":
        return "sts-unreachable"
    kind = _BY_FAULT.get(answer.fault) or _BY_REASON.get(answer.reason)
    if kind:
        return kind
    if answer.reason.startswith(CERTIFICATE):
        return "certificate-refused"
    return _BY_FAULT_LAST.get(answer.fault, "request-failed")
