// Documents: every text is resources or one line that says what is wrong; what was read can be shown, stored and read
// again, in both clothes.
#include "config/model/document.h"

#include "config/model/kinds.h"
#include "harness/harness.h"

namespace fuzz {
namespace {

using namespace config::model;

// What is stored comes back as what it was.
void check_stored(const Resource& resource) {
  std::string key = resource.kind->key(resource);
  std::string value = resource.kind->encode(resource, std::nullopt);
  BGP_ASSERT(is_inert(value));
  Outcome<Resource> read = resource.kind->decode(key, value);
  BGP_ASSERT(read.ok());
  BGP_ASSERT(read->name == resource.name && read->spec == resource.spec);
  BGP_ASSERT(same_identity(*read, resource));
}

// What is shown is a document that says the same.
void check_shown(const Resource& resource, Api api) {
  std::vector<Resource> listed = {resource};
  for (const std::string& text : {to_yaml(listing_document(listed, *resource.kind, api)),
                                  to_json(listing_document(listed, *resource.kind, api))}) {
    Outcome<std::vector<Resource>> again = parse_document(text, "again");
    BGP_ASSERT(again.ok() && again->size() == 1);
    BGP_ASSERT(same_identity((*again)[0], resource));
  }
}

void check_cells(const Resource& resource) {
  for (Api api : {Api::V1, Api::V3})
    for (const std::string& heading : resource.kind->all_columns(api))
      (void)resource.kind->cell(resource, heading, api, {});
}

}  // namespace

void one(ByteView input) {
  std::string_view text = text_of(input);
  Outcome<std::vector<Resource>> resources = parse_document(text, "-");
  if (!resources) {
    BGP_ASSERT(is_inert(resources.error().to_string()));
  } else {
    for (const Resource& resource : *resources) {
      check_stored(resource);
      check_cells(resource);
      check_shown(resource, Api::V1);
      check_shown(resource, Api::V3);
    }
  }
  // A stored value that somebody else wrote.
  for (const Kind* kind : all_kinds())
    if (Outcome<Resource> read = kind->decode(kind->prefix() + "global.10-0-0-1", text); read.ok()) check_cells(*read);
}

}  // namespace fuzz
