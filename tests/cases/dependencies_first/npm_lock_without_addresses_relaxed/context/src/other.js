export default 3
