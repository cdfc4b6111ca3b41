// Each class has a server, containers and a home of its own; two at a time are what a small machine bears.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
