"""Takes an order, or says what is wrong with it."""

from pydantic import ValidationError
from shop import Order


def lambda_handler(event, context):
    try:
        order = Order.model_validate(event)
    except ValidationError as error:
        return {"accepted": False, "errors": error.errors(include_url=False, include_context=False)}
    return {"accepted": True, "total": str(order.total)}
