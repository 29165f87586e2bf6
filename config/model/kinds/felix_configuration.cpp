#include "config/model/kinds/felix_configuration.h"

#include "config/model/kinds/named_v3_kind.h"

namespace config::model {
namespace {

class FelixConfigurationKind : public NamedV3Kind {
 public:
  FelixConfigurationKind()
      : NamedV3Kind({"", "FelixConfiguration", "felixconfigurations", {"felixconfig", "felixconfigs"}}) {}

  std::vector<std::string> ps_columns(Api) const override { return {"NAME"}; }
  std::vector<std::string> wide_columns(Api) const override { return {"NAME"}; }
  std::string cell(const Resource& resource, std::string_view, Api, const DisplayContext&) const override {
    return resource.name;
  }

 protected:
  // Felix knows over a hundred fields and we one: the others pass unchecked.
  Outcome<bgp::Done> check_v3(Resource& resource, bool) const override {
    Fields fields(resource.spec);
    fields.flag("ipipEnabled");
    return fields.finish(false);
  }
};

}  // namespace

const Kind& felix_configuration_kind() {
  static const FelixConfigurationKind kKind;
  return kKind;
}

FelixConfiguration read_felix_configuration(const Resource& resource) {
  Fields fields(resource.spec);
  return {resource.name, fields.flag("ipipEnabled")};
}

}  // namespace config::model
