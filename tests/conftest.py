"""What every test may ask for: a place to write down a figure that was seen."""

import pytest

from figures import Figure, figures_of


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figure:
    """Write figures down."""
    return figures_of(request.node.name.split("[")[0].removeprefix("test_"))
