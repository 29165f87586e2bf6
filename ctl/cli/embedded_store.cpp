#include "ctl/cli/embedded_store.h"

#include "config/rocks/rocks_store.h"
#include "config/store/mem_store.h"

namespace ctl::cli {

using config::store::StoreError;

bgp::Result<std::shared_ptr<config::store::Store>, std::string> open_embedded(const std::string& data_dir,
                                                                              Access access) {
  using Mode = config::rocks::Mode;
  auto store = config::rocks::open(data_dir, access == Access::Write ? Mode::ReadWrite : Mode::ReadOnly);
  if (store) return std::shared_ptr<config::store::Store>(std::move(*store));
  if (access == Access::Read && store.error().kind == StoreError::Kind::Unreachable)
    return std::shared_ptr<config::store::Store>(std::make_shared<config::store::MemStore>());
  std::string hint = store.error().kind == StoreError::Kind::Busy
                         ? "; name the socket of the agent that has it with --socket"
                         : "";
  return bgp::Err(store.error().reason + hint);
}

}  // namespace ctl::cli
