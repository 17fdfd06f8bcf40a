"""Writes the invoice for an order."""

from jinja2 import Template
from shop import Order

INVOICE = Template(
    """\
Invoice for {{ order.customer }}
{% for item in order.items %}
{{ "%-20s %3d x %8.2f" | format(item.name, item.count, item.price) }}
{%- endfor %}

Total {{ order.total }}
"""
)


def lambda_handler(event, context):
    return {"invoice": INVOICE.render(order=Order.model_validate(event))}
