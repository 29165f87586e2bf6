#include "config/model/kinds/bgp_filter.h"

#include "config/model/kinds/bgp_filter_rule.h"
#include "config/model/kinds/named_v3_kind.h"

namespace config::model {
namespace {

BgpFilter read_fields(Fields& fields) {
  BgpFilter filter;
  filter.export_v4 = read_filter_rules(fields, "exportV4", bgp::Family::IPv4);
  filter.import_v4 = read_filter_rules(fields, "importV4", bgp::Family::IPv4);
  filter.export_v6 = read_filter_rules(fields, "exportV6", bgp::Family::IPv6);
  filter.import_v6 = read_filter_rules(fields, "importV6", bgp::Family::IPv6);
  return filter;
}

class BgpFilterKind : public NamedV3Kind {
 public:
  BgpFilterKind() : NamedV3Kind({"", "BGPFilter", "bgpfilters", {"bgpf", "bgpfs", "bf", "bfs"}}) {}

  std::vector<std::string> ps_columns(Api) const override { return {"NAME", "NUMEXPORT", "NUMIMPORT"}; }
  std::vector<std::string> wide_columns(Api api) const override { return ps_columns(api); }

  std::string cell(const Resource& resource, std::string_view heading, Api, const DisplayContext&) const override {
    if (heading == "NAME") return resource.name;
    const BgpFilter filter = read_bgp_filter(resource);
    if (heading == "NUMEXPORT") return std::to_string(filter.export_v4.size() + filter.export_v6.size());
    return std::to_string(filter.import_v4.size() + filter.import_v6.size());
  }

 protected:
  Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const override {
    Fields fields(resource.spec);
    read_fields(fields);
    return fields.finish(strict);
  }
};

}  // namespace

const Kind& bgp_filter_kind() {
  static const BgpFilterKind kKind;
  return kKind;
}

BgpFilter read_bgp_filter(const Resource& resource) {
  Fields fields(resource.spec);
  BgpFilter filter = read_fields(fields);
  filter.name = resource.name;
  return filter;
}

}  // namespace config::model
