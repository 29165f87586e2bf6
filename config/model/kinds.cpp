#include "config/model/kinds.h"

#include <algorithm>

#include "config/model/kinds/bgp_configuration.h"
#include "config/model/kinds/bgp_filter.h"
#include "config/model/kinds/bgp_peer.h"
#include "config/model/kinds/block_affinity.h"
#include "config/model/kinds/calico_node_status.h"
#include "config/model/kinds/felix_configuration.h"
#include "config/model/kinds/ip_pool.h"
#include "config/model/kinds/node.h"

namespace config::model {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool answers_to(const Kind& kind, const std::string& word) {
  const Kind::Names& names = kind.names();
  return word == lower(names.v1) || word == lower(names.v3) || word == names.plural ||
         std::find(names.aliases.begin(), names.aliases.end(), word) != names.aliases.end();
}

}  // namespace

const std::vector<const Kind*>& all_kinds() {
  static const std::vector<const Kind*> kKinds = {
      &bgp_peer_kind(),       &node_kind(),              &ip_pool_kind(),
      &block_affinity_kind(), &bgp_configuration_kind(), &felix_configuration_kind(),
      &bgp_filter_kind(),     &calico_node_status_kind(),
  };
  return kKinds;
}

const Kind* find_kind(std::string_view cli_name) {
  const std::string word = lower(cli_name);
  if (word.empty()) return nullptr;
  for (const Kind* kind : all_kinds()) {
    if (answers_to(*kind, word)) return kind;
  }
  return nullptr;
}

const Kind* find_kind(std::string_view file_name, Api api) {
  if (file_name.empty()) return nullptr;
  for (const Kind* kind : all_kinds()) {
    if ((api == Api::V1 ? kind->names().v1 : kind->names().v3) == file_name) return kind;
  }
  return nullptr;
}

const Kind* find_kind_of_key(std::string_view key) {
  for (const Kind* kind : all_kinds()) {
    if (kind->is_own_key(key)) return kind;
  }
  return nullptr;
}

}  // namespace config::model
