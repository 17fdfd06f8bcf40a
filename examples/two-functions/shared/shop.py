"""What both functions know about the shop; it travels in the layer."""

from decimal import Decimal

from pydantic import BaseModel, Field


class Item(BaseModel):
    """One line of an order."""

    name: str
    price: Decimal = Field(gt=0, decimal_places=2)
    count: int = Field(gt=0)


class Order(BaseModel):
    """What a customer wants."""

    customer: str
    items: list[Item] = Field(min_length=1)

    @property
    def total(self) -> Decimal:
        return sum((item.price * item.count for item in self.items), Decimal())
