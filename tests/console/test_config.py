"""The configuration: one typed tree, and one clear line where it is wrong."""

import re
from pathlib import Path

import pytest

from console.config import UsageError, load_config

README = Path(__file__).parent.parent.parent / "README.md"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_readmes_example_is_a_configuration(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    config = load_config(written(tmp_path, example.group(1)))
    site = config.site("shop.client-existant.fr")
    assert (site.name, site.workloads) == ("client-existant.fr", ("payment-service",))
    assert site.contract.sla[next(iter(site.contract.sla))].total_seconds() == 4 * 3600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[agency]\nnom = 'x'\n", "agency.nom"),
        ("[[clients]]\nname = 'x'\ndomains = ['x.fr']\n[clients.contract]\nsla = { P1 = 'bientôt' }\n", "P1"),
        ("[smtp]\nport = 'vingt-cinq'\n", "smtp.port"),
        ("[agency\n", "not valid TOML"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        load_config(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        load_config(tmp_path / "nowhere.toml")


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "[mailbox]\nmaildir = 'mail'\n"))
    assert config.mailbox.maildir == tmp_path / "mail"


def test_an_unknown_client_has_a_site_without_a_cluster() -> None:
    config = load_config(None)
    site = config.site("inconnu.fr")
    assert site.domain == "inconnu.fr"
    assert not config.configured(site)
