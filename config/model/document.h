// A file -> resources: one resource, one `<kind>List` with `items`, a list that mixes kinds, `---` between documents;
// YAML or JSON. The whole text is read and checked before anything is returned.
#pragma once

#include <string_view>
#include <vector>

#include "config/model/resource.h"

namespace config::model {

// `path` is for messages ("peers.yaml", "-"). In the order written. A text without any resource is an empty vector.
Outcome<std::vector<Resource>> parse_document(std::string_view text, std::string_view path);

// `get -o yaml` and `-o json` in v1 clothes: a flat list, "[]\n" when empty; what v1 cannot say is v3 inside it.
// In v3 clothes: `kind` decides the list object's name (BGPPeerList), each item in v3 clothes.
Value listing_document(const std::vector<Resource>& resources, const Kind& kind, Api api);

}  // namespace config::model
