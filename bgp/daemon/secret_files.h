// Secrets as files: `secretKeyRef {name, key}` is NAME/KEY in one directory, as Kubernetes mounts them.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "bgp/base/result.h"
#include "bgp/base/secret.h"
#include "config/model/kinds/secret_ref.h"

namespace bgp::daemon {

class SecretFiles {
 public:
  using Content = Result<Secret, std::string>;  // or why there is none, without the text
  explicit SecretFiles(std::string dir) : dir_(std::move(dir)) {}

  // The file's text without the newline at its end; at most 80 bytes, which is what TCP-MD5 and TCP-AO take. Remembered.
  Content read(const config::model::SecretRef& ref);
  // Has one of those that read() answered another content by now? (Blocking; some files.)
  bool have_changed() const;
  // Nobody uses those that were read.
  void forget() { seen_.clear(); }

 private:
  Content load(const std::string& path) const;

  std::string dir_;
  std::map<std::string, Content> seen_;  // by path
};

}  // namespace bgp::daemon
