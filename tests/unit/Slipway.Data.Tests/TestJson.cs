using System.Text.Json.Serialization;
using Slipway.Data.Commits;
using Slipway.Data.Repos;

namespace Slipway.Data.Tests;

[JsonSerializable(typeof(DataPath))]
[JsonSerializable(typeof(Commit))]
[JsonSerializable(typeof(Dictionary<RepoName, GlobalId>))]
internal sealed partial class TestJson : JsonSerializerContext;
