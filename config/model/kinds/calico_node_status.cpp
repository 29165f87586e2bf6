#include "config/model/kinds/calico_node_status.h"

#include <algorithm>

#include "bgp/base/document_limits.h"
#include "config/model/kinds/named_v3_kind.h"

namespace config::model {
namespace {

CalicoNodeStatus read_fields(Fields& fields, const std::vector<std::string>& classes) {
  const auto has = [&](const char* word) { return std::find(classes.begin(), classes.end(), word) != classes.end(); };
  CalicoNodeStatus status;
  status.node = fields.text("node").value_or("");
  status.wants_agent = has("Agent");
  status.wants_bgp = has("BGP");
  status.wants_routes = has("Routes");
  if (const auto period = fields.number("updatePeriodSeconds", bgp::limits::kNodeStatusPeriodMax_s))
    status.update_period_s = static_cast<uint32_t>(*period);
  return status;
}

void check_classes(Fields& fields, std::vector<std::string> classes) {
  if (classes.empty()) fields.invalid("classes", "", "must be one or more of Agent, BGP and Routes");
  for (const std::string& word : classes)
    if (word != "Agent" && word != "BGP" && word != "Routes")
      fields.invalid("classes", word, "must be Agent, BGP or Routes");
  std::sort(classes.begin(), classes.end());
  const auto twice = std::adjacent_find(classes.begin(), classes.end());
  if (twice != classes.end()) fields.invalid("classes", *twice, "must be named once");
}

class CalicoNodeStatusKind : public NamedV3Kind {
 public:
  CalicoNodeStatusKind()
      : NamedV3Kind({"", "CalicoNodeStatus", "caliconodestatuses", {"nodestatus", "nodestatuses"}}) {}

  std::vector<std::string> ps_columns(Api) const override { return {"NAME", "NODE"}; }
  std::vector<std::string> wide_columns(Api) const override { return {"NAME", "NODE", "CLASSES"}; }

  std::string cell(const Resource& resource, std::string_view heading, Api, const DisplayContext&) const override {
    if (heading == "NAME") return resource.name;
    Fields fields(resource.spec);
    if (heading == "NODE") return fields.text("node").value_or("");
    std::string joined;
    for (const std::string& word : fields.texts("classes")) joined += (joined.empty() ? "" : ",") + word;
    return joined;
  }

 protected:
  // What another tool stored is shown, and ignored by the agent as far as it makes no sense.
  Outcome<bgp::Done> check_v3(Resource& resource, bool strict) const override {
    Fields fields(resource.spec);
    const std::vector<std::string> classes = fields.texts("classes");
    const CalicoNodeStatus status = read_fields(fields, classes);
    if (strict) {
      if (!is_v1_name(status.node)) fields.invalid("node", status.node, "must match ^[a-zA-Z0-9_.-]{1,128}$");
      check_classes(fields, classes);
      if (!status.update_period_s) fields.invalid("updatePeriodSeconds", "", "must be 0..86400");
    }
    if (auto done = fields.finish(strict); !done) return done;
    if (!status.node.empty()) resource.spec.set("node", Value::string(status.node));  // may be called `on`
    if (status.update_period_s) resource.spec.set("updatePeriodSeconds", Value::number(*status.update_period_s));
    return bgp::Done{};
  }
};

}  // namespace

const Kind& calico_node_status_kind() {
  static const CalicoNodeStatusKind kKind;
  return kKind;
}

CalicoNodeStatus read_calico_node_status(const Resource& resource) {
  Fields fields(resource.spec);
  CalicoNodeStatus status = read_fields(fields, fields.texts("classes"));
  status.name = resource.name;
  return status;
}

std::string with_status(const std::string& stored, Value status) {
  Value document = parse_json(stored).value_or(Value::map());
  document.set("status", std::move(status));
  return to_compact_json(document);
}

}  // namespace config::model
